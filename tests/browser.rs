//! Real Chromium: a vendor answers by mouse and keyboard, with JavaScript and without; axe looks at every page.
