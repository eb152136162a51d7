"""What people type or choose, read into what the actions take, or brought back in words."""

from __future__ import annotations
