"""What pictures say, in each language: a file of entries a language, read once."""

from scenes.texts.texts import ENGLISH, LANGUAGES, Texts, catalogue

__all__ = ["ENGLISH", "LANGUAGES", "Texts", "catalogue"]
