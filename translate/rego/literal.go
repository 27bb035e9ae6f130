package rego

import (
	"strconv"

	"github.com/saker-project/saker/agent/schema"
	"github.com/saker-project/saker/translate/filter"
)

// literal returns a constant as Rego text.
func literal(c filter.Constant) (string, error) {
	switch c.Kind {
	case schema.KindInt, schema.KindFloat:
		return strconv.FormatInt(c.Int, 10), nil
	case schema.KindUint:
		return strconv.FormatUint(c.Uint, 10), nil
	case schema.KindBool:
		return strconv.FormatBool(c.Bool), nil
	case schema.KindAddr:
		return schema.RegoString(c.Addr.String()), nil
	case schema.KindNet:
		return schema.RegoString(c.Prefix.String()), nil // host bits stay: a reader looks for what the rule says
	}
	return textLiteral(c.Str)
}

func textLiteral(text string) (string, error) {
	if !canQuote(text) {
		return "", unsupported{"a constant that is not valid UTF-8"}
	}
	return schema.RegoString(text), nil
}
