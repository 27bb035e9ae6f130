// Package rego writes resolved Falco rules as Rego modules for OPA 1.22 and later.
//
// # Usage
//
// Translate returns the module of all lists, the module of all macros and one module
// per rule, whose complete rule "match" is true for the events that the Falco
// condition is true for. A macro is one rule of data.falco.macros, so that it is
// evaluated once per event; a list is one set of data.falco.lists per type of value.
//
// A check on an absent field is false in Falco, whatever its operator, and "not"
// turns that into true. Rego gives the same as long as each check stays one
// expression of its own: an absent field makes it undefined, and the "not", "and" and
// "or" of "import rego.v2" take undefined as false. So != is written !=, never as the
// negation of ==, and nothing outside a check reads a field.
//
// The source is what opa fmt writes, and the same rules give the same bytes.
//
// # Failure
//
// A condition that is valid in Falco but has no translation yet is reported as a
// diagnostic and its rule is left out.
package rego
