"""What is left of a destroyed portal: every service of every account is asked."""
