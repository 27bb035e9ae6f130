package falco

import (
	"regexp"
)

// list is a list as collected: its values are not yet expanded.
type list struct {
	name       string
	at         Position
	index      int // when it was first defined
	visibility int // when it was last changed
	values     []scalar
	way        way
}

func (l *list) itemName() string { return l.name }

var (
	listKeys     = keys("list", "items", "append", "override")
	listName     = regexp.MustCompile(`^[^()"'[:space:]=,]+$`)
	listOverride = overridable{appends: keys("items"), replaces: keys("items")}
)

func (l *loader) readList(it *item) {
	it.text("list")
	if it.failed {
		return
	}
	if !listName.MatchString(it.name) {
		it.warn(WarnInvalidListName, lookup(it.node, "list"),
			`List has an invalid name. List names should match a regular expression: ([^()"'[:space:]=,]+)`,
			"the list works, but rename it")
	}
	appending, change := it.readChange(listOverride)
	values := it.strings("items", true)
	it.checkKeys(listKeys)
	if it.failed {
		return
	}
	old := find(l.lists, it.name)
	if appending || change["items"] == opAppend {
		if old == nil {
			l.missingTarget(it, "List uses 'append' or 'override.items: append' but no list by that name already exists")
			return
		}
		old.values = append(old.values[:len(old.values):len(old.values)], values...)
		old.visibility = l.next()
		return
	}
	if old == nil {
		old = &list{name: it.name, index: l.sequence + 1}
		l.lists = append(l.lists, old)
	}
	old.at, old.values, old.visibility, old.way = it.place(), values, l.next(), it.way()
}

// missingTarget refuses a change of an item that does not exist, silently when the
// item was there but was refused itself.
func (l *loader) missingTarget(it *item, message string) {
	if l.refused[itemKey{it.kind, it.name}] {
		it.failed = true
		return
	}
	it.fail(ErrValidate, nil, message, "check the name, and that the file which defines it is loaded earlier")
}

// expanded returns the texts of a list's values: the name of a list that is visible
// to this one stands for that list's own values, one level deep.
func (l *loader) expanded(of *list) (values []text, uses []*list) {
	for _, v := range of.values {
		inner := find(l.lists, v.value())
		if inner == nil || inner.index >= of.visibility {
			values = append(values, quoted(written(v)))
			continue
		}
		uses = append(uses, inner)
		for _, w := range inner.values {
			values = append(values, quoted(written(w)))
		}
	}
	return values, uses
}
