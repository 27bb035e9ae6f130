package falco

import "regexp"

// macro is a macro as collected.
type macro struct {
	name       string
	at         Position
	index      int
	visibility int
	condition  text

	way, conditionWay way
}

func (m *macro) itemName() string { return m.name }

var (
	macroKeys     = keys("macro", "condition", "append", "override")
	macroName     = regexp.MustCompile(`^[a-zA-Z]+[a-zA-Z0-9_]*$`)
	macroOverride = overridable{appends: keys("condition"), replaces: keys("condition")}
)

func (l *loader) readMacro(it *item) {
	it.text("macro")
	if it.failed {
		return
	}
	if !macroName.MatchString(it.name) {
		it.warn(WarnInvalidMacroName, lookup(it.node, "macro"),
			"Macro has an invalid name. Macro names should match a regular expression: ([a-zA-Z]+[a-zA-Z0-9_]*)",
			"no condition can refer to a macro of this name; rename it")
	}
	appending, change := it.readChange(macroOverride)
	condition, _ := it.text("condition")
	it.checkKeys(macroKeys)
	if it.failed {
		return
	}
	old := find(l.macros, it.name)
	if appending || change["condition"] == opAppend {
		if old == nil {
			l.missingTarget(it, "Macro uses 'append' or 'override.condition: append' but no macro by that name already exists")
			return
		}
		old.condition = appendText(old.condition, written(condition))
		old.visibility = l.next()
		return
	}
	if old == nil {
		old = &macro{name: it.name, index: l.sequence + 1}
		l.macros = append(l.macros, old)
	}
	old.at, old.condition, old.visibility = it.place(), written(condition), l.next()
	old.way = it.way()
	old.conditionWay = old.way.in(it.src, inMacroCondition, "", condition.node)
}

// appendText puts one blank between the old text and the new.
func appendText(old, added text) text { return join(old, textFrom(" ", scalar{}, 0), added) }
