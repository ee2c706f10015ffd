"""The daily tier: containers, load balancer, API, static site, CDN, names, and the way to test them."""
