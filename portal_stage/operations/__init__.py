"""Running the portal: what is measured, what rings, and the page that shows it."""
