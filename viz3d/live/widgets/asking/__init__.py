"""What a person is asked, and where lines are typed."""
