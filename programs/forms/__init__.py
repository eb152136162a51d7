"""Translation in: what people type about programs and money."""
