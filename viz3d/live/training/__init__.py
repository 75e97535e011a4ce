"""The page where a net is trained: its panel, the runs behind it, and what is shown of them."""
