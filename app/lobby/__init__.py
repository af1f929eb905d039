"""What the doorways share: the parts built at the start, cookies, and a request's dependencies."""
