"""The digit that is read and how: drawn, painted, labelled, answered."""
