// Package builtin says what the falco.* functions mean, once. The engine's
// closures call the Go functions; OPA calls the same functions through the
// declarations of package schema, so both give one answer.
//
// # Meaning
//
// Operators are as in Falco's engine 0.63: strings are bytes, nothing folds
// except ASCII letters, and a pattern is compared with the whole value. A NUL
// ends a value or pattern of glob and iglob, since the original compares C
// strings.
//
// # Failure
//
// No function returns an error. A predicate whose arguments make no sense (a
// bad pattern, address or hex text) is false, a transformer without a value says
// so with its second result, which in Rego is undefined. An error would be
// undefined in Rego as well, and `not` would turn it into a match.
//
// # Concurrency
//
// Everything here may be used by several goroutines at once.
package builtin
