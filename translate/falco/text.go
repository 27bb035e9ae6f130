package falco

import (
	"sort"
	"strings"
)

// text is a condition in the making: what the parser will see, and where each part
// of it was written. Appends, exceptions and list substitution all work on text, as
// in Falco; only the origin of each part is ours, for diagnostics and for telling
// which list a value came from.
type text struct {
	value  string
	pieces []piece // in order, covering value; a piece may be empty
}

// piece is a stretch of text with one origin.
type piece struct {
	start  int     // offset in text.value
	from   scalar  // where it was written; from.node is nil for what we put in
	offset int     // of the piece in from's value
	list   *insert // set when a list was substituted here
}

// insert is one substitution of a list's name. A list found inside the values of
// another belongs to the outer one.
type insert struct{ name string }

// written returns the text of a scalar.
func written(s scalar) text { return textFrom(s.value(), s, 0) }

func textFrom(value string, from scalar, offset int) text {
	return text{value: value, pieces: []piece{{from: from, offset: offset}}}
}

// join concatenates texts.
func join(parts ...text) text {
	var b strings.Builder
	var out text
	for _, p := range parts {
		for _, q := range p.pieces {
			q.start += b.Len()
			out.pieces = append(out.pieces, q)
		}
		b.WriteString(p.value)
	}
	out.value = b.String()
	return out
}

// slice returns the text of bytes from to to.
func (t text) slice(from, to int) text {
	out := text{value: t.value[from:to]}
	for i, p := range t.pieces {
		end := len(t.value)
		if i+1 < len(t.pieces) {
			end = t.pieces[i+1].start
		}
		inside := p.start < to && end > from
		if empty := p.start == end; empty {
			inside = p.start > from && p.start < to
		}
		if !inside {
			continue
		}
		if p.start < from {
			p.offset += from - p.start
			p.start = from
		}
		p.start -= from
		out.pieces = append(out.pieces, p)
	}
	return out
}

// pieceAt returns the piece that holds byte off, the last one for the end of text.
func (t text) pieceAt(off int) (piece, bool) {
	i := sort.Search(len(t.pieces), func(i int) bool { return t.pieces[i].start > off }) - 1
	if i < 0 {
		return piece{}, false
	}
	return t.pieces[i], true
}

// position returns where byte off was written; fallback when no file has it.
func (t text) position(off int, fallback Position) Position {
	p, ok := t.pieceAt(off)
	if !ok || p.from.node == nil {
		return fallback
	}
	return p.from.position(p.offset + off - p.start)
}

const (
	blanks     = " \t\n\r"
	delimiters = blanks + "(),="
)

// substitute replaces every occurrence of a list's name between delimiters by its
// values, and reports whether there was one. White space around the name becomes
// one blank on each side. An empty list takes a neighbouring comma with it, the left
// one first.
func (t text) substitute(name string, values []text) (text, bool) {
	used := false
	for from := 0; ; {
		i := strings.Index(t.value[min(from, len(t.value)):], name)
		if i < 0 || name == "" {
			return t, used
		}
		start, end := from+i, from+i+len(name)
		if !t.delimited(start, end) {
			from = start + 1
			continue
		}
		used = true
		mark := t.markFor(start, name)
		for start > 0 && strings.IndexByte(blanks, t.value[start-1]) >= 0 {
			start--
		}
		for end < len(t.value) && strings.IndexByte(blanks, t.value[end]) >= 0 {
			end++
		}
		if len(values) == 0 {
			switch {
			case start > 0 && t.value[start-1] == ',':
				start--
			case end < len(t.value) && t.value[end] == ',':
				end++
			}
		}
		inserted := joinValues(values)
		for i := range inserted.pieces {
			inserted.pieces[i].list = mark
		}
		before := t.slice(0, start)
		if start > 0 {
			before = join(before, textFrom(" ", scalar{}, 0))
		}
		t = join(before, inserted, textFrom(" ", scalar{}, 0), t.slice(end, len(t.value)))
		from = len(before.value) + len(inserted.value) + 1
	}
}

// delimited reports whether bytes start to end stand between delimiters.
func (t text) delimited(start, end int) bool {
	return (start == 0 || strings.IndexByte(delimiters, t.value[start-1]) >= 0) &&
		(end == len(t.value) || strings.IndexByte(delimiters, t.value[end]) >= 0)
}

// markFor returns the substitution that byte off already belongs to, or a new one.
func (t text) markFor(off int, name string) *insert {
	if p, ok := t.pieceAt(off); ok && p.list != nil {
		return p.list
	}
	return &insert{name: name}
}

// joinValues puts ", " between values; an empty one at the head leaves no trace.
func joinValues(values []text) text {
	out := text{pieces: []piece{{}}}
	for _, v := range values {
		if out.value != "" {
			out = join(out, textFrom(", ", scalar{}, 0))
		}
		out = join(out, v)
	}
	return out
}

// quoted wraps a value with a blank in double quotes unless it starts with a quote.
func quoted(t text) text {
	if !strings.Contains(t.value, " ") || strings.HasPrefix(t.value, `"`) || strings.HasPrefix(t.value, "'") {
		return t
	}
	quote := textFrom(`"`, scalar{}, 0)
	return join(quote, t, quote)
}
