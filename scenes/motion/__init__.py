"""Time: the beats of a film and the curves of its movements. Nothing here knows what a picture looks like."""
