"""What a bank's auditor asks of the templates: rule packs, house rules, and the document that tells of them."""
