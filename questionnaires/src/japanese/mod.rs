//! How Japanese is typed, counted and dated.
