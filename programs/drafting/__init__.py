"""What a draft of an edition says, what is wrong with it, and how it differs from another: PURE."""
