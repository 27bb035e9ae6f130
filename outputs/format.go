package outputs

import (
	"strconv"
	"time"
)

// Format says how an alert is printed. It is a plain value, safe for concurrent
// use. The zero value prints text lines; DefaultFormat has Falco's defaults for
// the rest. What is printed is what Falco 0.44.1 prints, byte for byte; only what
// is not UTF-8 becomes U+FFFD in JSON, as in later versions.
type Format struct {
	JSON        bool // json_output: one JSON object per alert instead of a text line
	TimeISO8601 bool // time_format_iso_8601: the line begins with date and time in UTC, not with local time
	EscapeText  bool // text lines are escaped like JSON strings, as Falco does after 0.44.1; internal alerts are not

	// What a JSON object holds besides hostname, priority, rule, source and time.
	IncludeOutput       bool // json_include_output_property: the text line, default true
	IncludeTags         bool // json_include_tags_property, default true
	IncludeOutputFields bool // json_include_output_fields_property, default true
	IncludeMessage      bool // json_include_message_property: the line without time and priority, default false
}

// DefaultFormat returns Falco's defaults: text lines, and JSON objects, once
// JSON is set, with everything but message.
func DefaultFormat() Format {
	return Format{IncludeOutput: true, IncludeTags: true, IncludeOutputFields: true}
}

// Layouts of the three clocks that Falco prints.
const (
	layoutLocal   = "15:04:05.000000000"
	layoutISO8601 = "2006-01-02T15:04:05.000000000+0000"
	layoutJSON    = "2006-01-02T15:04:05.000000000Z"
)

// Names of the field that a line begins with.
const (
	fieldTime        = "evt.time"
	fieldTimeISO8601 = "evt.time.iso8601"
)

// Append appends the alert to dst as one line without its line feed and returns
// the extended slice.
func (f Format) Append(dst []byte, a *Alert) []byte {
	switch {
	case a.Internal() && f.JSON:
		return appendInternalJSON(dst, a)
	case a.Internal():
		return appendInternalText(dst, a)
	case f.JSON:
		return f.appendJSON(dst, a)
	case f.EscapeText:
		return appendEscaped(f.appendPrefix(dst, a), a.Message)
	default:
		return append(f.appendPrefix(dst, a), a.Message...)
	}
}

// appendPrefix appends time and priority, which begin every line.
func (f Format) appendPrefix(dst []byte, a *Alert) []byte {
	if f.TimeISO8601 {
		dst = a.Time.UTC().AppendFormat(dst, layoutISO8601)
	} else {
		dst = a.Time.Local().AppendFormat(dst, layoutLocal)
	}
	return appendPriority(dst, a)
}

func appendPriority(dst []byte, a *Alert) []byte {
	dst = append(dst, ": "...)
	dst = append(dst, a.Priority.String()...)
	return append(dst, ' ')
}

// appendJSON appends the object of a rule's alert. Keys are in alphabetical
// order, as Falco's sorted maps have them.
func (f Format) appendJSON(dst []byte, a *Alert) []byte {
	dst = append(dst, `{"hostname":`...)
	dst = appendString(dst, a.Hostname)
	if f.IncludeMessage {
		dst = append(dst, `,"message":`...)
		dst = appendString(dst, a.Message)
	}
	if f.IncludeOutput {
		dst = append(dst, `,"output":"`...)
		dst = f.appendPrefix(dst, a)
		dst = appendEscaped(dst, a.Message)
		dst = append(dst, '"')
	}
	if f.IncludeOutputFields {
		dst = append(dst, `,"output_fields":`...)
		dst = f.appendFields(dst, a)
	}
	dst = appendOrigin(dst, a)
	if f.IncludeTags {
		dst = append(dst, `,"tags":[`...)
		for i, tag := range a.Tags {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendString(dst, tag)
		}
		dst = append(dst, ']')
	}
	return appendTime(dst, a.Time)
}

// appendFields appends the fields of a rule's alert. The field that the line
// begins with is always among them, in its place in the order.
func (f Format) appendFields(dst []byte, a *Alert) []byte {
	prefix := fieldTime
	if f.TimeISO8601 {
		prefix = fieldTimeISO8601
	}
	placed := false
	dst = append(dst, '{')
	for i := range a.Fields {
		field := &a.Fields[i]
		if field.Name == prefix || field.Name == fieldTime && !a.NamesTime {
			continue
		}
		if !placed && field.Name > prefix {
			dst = strconv.AppendInt(appendKey(dst, prefix), a.Time.UnixNano(), 10)
			placed = true
		}
		dst = appendValue(appendKey(dst, field.Name), field.Value)
	}
	if !placed {
		dst = strconv.AppendInt(appendKey(dst, prefix), a.Time.UnixNano(), 10)
	}
	return append(dst, '}')
}

// appendKey appends the key of a further member to the object at the end of dst.
func appendKey(dst []byte, name string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = appendString(dst, name)
	return append(dst, ':')
}

// appendOrigin appends the three members that every object has in its middle.
func appendOrigin(dst []byte, a *Alert) []byte {
	dst = append(dst, `,"priority":"`...)
	dst = append(dst, a.Priority.String()...)
	dst = append(dst, `","rule":`...)
	dst = appendString(dst, a.Rule)
	dst = append(dst, `,"source":`...)
	return appendString(dst, a.Source)
}

// appendTime appends the last member and closes the object.
func appendTime(dst []byte, t time.Time) []byte {
	dst = append(dst, `,"time":"`...)
	dst = t.UTC().AppendFormat(dst, layoutJSON)
	return append(dst, `"}`...)
}

// appendInternalJSON appends the object of an internal alert: the output is the
// bare message, the fields are just its own and always there, tags never, and
// no setting changes that.
func appendInternalJSON(dst []byte, a *Alert) []byte {
	dst = append(dst, `{"hostname":`...)
	dst = appendString(dst, a.Hostname)
	dst = append(dst, `,"output":`...)
	dst = appendString(dst, a.Message)
	dst = append(dst, `,"output_fields":{`...)
	for i := range a.Fields {
		dst = appendValue(appendKey(dst, a.Fields[i].Name), a.Fields[i].Value)
	}
	dst = append(dst, '}')
	dst = appendOrigin(dst, a)
	return appendTime(dst, a.Time)
}

// appendInternalText appends the line of an internal alert: local time whatever
// the settings, the message, and the fields as key=value with values in JSON.
func appendInternalText(dst []byte, a *Alert) []byte {
	dst = a.Time.Local().AppendFormat(dst, layoutLocal)
	dst = appendPriority(dst, a)
	dst = append(dst, a.Message...)
	dst = append(dst, " ("...)
	for i := range a.Fields {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, a.Fields[i].Name...)
		dst = append(dst, '=')
		dst = appendValue(dst, a.Fields[i].Value)
	}
	return append(dst, ')')
}
