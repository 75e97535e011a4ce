"""What is looked at: picked, followed, told of, on sheets and as code."""
