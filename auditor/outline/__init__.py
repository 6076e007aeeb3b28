"""How a filing is built and worded, as tables of facts. What is looked for is data: `rules/phrases`."""
