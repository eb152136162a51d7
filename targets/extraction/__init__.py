"""Policy text to drafts with exact spans: cleaning, anchoring quotes, finding commitments."""
