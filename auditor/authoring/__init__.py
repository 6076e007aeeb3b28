"""What rule authors need, and what needs rules and engine alike: loading, examples, review, the cookbook."""
