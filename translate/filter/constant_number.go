package filter

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// decimal splits a number into sign and digits; false if it is not decimal.
func decimal(text string) (negative bool, digits string, ok bool) {
	digits, negative = strings.CutPrefix(text, "-")
	if !negative {
		digits = strings.TrimPrefix(digits, "+")
	}
	return negative, digits, digits != "" && span(digits, isDigit) == len(digits)
}

func notANumber(text string) error { return fmt.Errorf("%s is not a valid number", text) }

// parseInt reads a signed number. What does not fit in 64 bits becomes the
// nearest number that does; of that, width bits are kept.
func parseInt(text string, width int) (int64, error) {
	negative, digits, ok := decimal(text)
	if !ok {
		return 0, notANumber(text)
	}
	magnitude, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || magnitude > math.MaxInt64 {
		magnitude = math.MaxInt64
		if negative {
			magnitude++
		}
	}
	n := int64(magnitude)
	if negative {
		n = -n
	}
	shift := 64 - width
	return n << shift >> shift, nil
}

// parseUint reads an unsigned number. A negative one wraps, one that does not
// fit in 64 bits becomes the greatest; of that, width bits are kept.
func parseUint(text string, width int) (uint64, error) {
	negative, digits, ok := decimal(text)
	if !ok {
		return 0, notANumber(text)
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		n = math.MaxUint64
	} else if negative {
		n = -n
	}
	shift := 64 - width
	return n << shift >> shift, nil
}

// parsePort reads a port: a number, nothing for 0, or the name of a service.
func parsePort(text string) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	if span(text, isDigit) == len(text) {
		return parseUint(text, 16)
	}
	port, ok := services()[text]
	if !ok {
		return 0, fmt.Errorf("unrecognized protocol %s", text)
	}
	return uint64(port), nil
}
