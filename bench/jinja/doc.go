// Package jinja measures Atlas's template engine beside gonja (and, by run.sh, Python's Jinja2) on
// one model. It is no part of Atlas: the peer stays out of Atlas's own go.mod.
package jinja
