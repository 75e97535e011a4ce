"""What pictures say, in each language: a file of entries a language, read once."""

from scenes.texts.texts import ENGLISH, LANGUAGES, Texts, catalogue, catalogue_for

__all__ = ["ENGLISH", "LANGUAGES", "Texts", "catalogue", "catalogue_for"]
