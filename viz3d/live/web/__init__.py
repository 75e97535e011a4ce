"""The window in a browser, for machines without a screen: pictures of it go out, a person's hand comes in."""
