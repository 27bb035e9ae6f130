package schema

// FlagTable names the values of a flags, enumeration or mode parameter.
type FlagTable struct {
	Name  string
	Flags []Flag // names are rendered by going through these in order
}

// Flag is one named value: a bit, several bits, or a number.
type Flag struct {
	Name  string
	Value uint32
}

// FlagTables returns all flag tables.
func FlagTables() []*FlagTable { return flagTables[:] }
