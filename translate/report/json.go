package report

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/saker-project/saker/translate/falco"
)

// object is a JSON object; its keys come out in alphabetical order.
type object map[string]any

// JSON returns all results on one line with its end. d, if not nil, is described too:
// all of it, or the rule of that name.
func JSON(results []falco.Result, d *falco.Description, rule string) []byte {
	all := make([]object, len(results))
	for i, r := range results {
		all[i] = result(r)
	}
	out := object{"falco_load_results": all}
	if d != nil {
		out["falco_describe_results"] = description(d, rule)
	}
	return encode(out)
}

// Describe returns what files define on one line with its end: all of it, or the rule
// of that name alone.
func Describe(d *falco.Description, rule string) []byte { return encode(description(d, rule)) }

func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("report: %v", err)) // there are only texts, numbers and booleans
	}
	return b.Bytes()
}

func result(r falco.Result) object {
	out := object{
		"name": r.Name, "successful": r.Successful, "errors": entryObjects(r.Errors), "warnings": entryObjects(r.Warnings),
	}
	if r.Schema != falco.SchemaNone {
		out["schema_valid"] = r.Schema == falco.SchemaOK
		out["schema_warnings"] = list(r.SchemaWarnings)
	}
	return out
}

func entryObjects(entries []falco.Entry) []object {
	out := make([]object, len(entries))
	for i, e := range entries {
		locations := make([]object, len(e.Context))
		for j, l := range e.Context {
			locations[j] = object{
				"item_type": l.ItemType, "item_name": l.ItemName,
				"position": object{"name": l.Name, "line": l.Line, "column": l.Column, "offset": l.Offset},
			}
		}
		out[i] = object{
			"code": e.Code, "codedesc": codes[e.Code].description, "message": e.Message,
			"context": object{"locations": locations, "snippet": e.Snippet},
		}
		if e.DeprecatedField != "" {
			out[i]["deprecated_field"] = e.DeprecatedField
		}
	}
	return out
}

// list is never null.
func list(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}

func description(d *falco.Description, rule string) object {
	rules := []object{}
	for _, r := range d.Rules {
		if rule == "" || r.Name == rule {
			rules = append(rules, ruleObject(r))
		}
	}
	out := object{"rules": rules}
	if rule != "" {
		return out
	}
	macros, lists := []object{}, []object{}
	for _, m := range d.Macros {
		details := conditionObject(m.ConditionDetails)
		details["used"], details["plugins"] = m.Used, []string{}
		macros = append(macros, object{"info": object{"name": m.Name, "condition": m.Condition}, "details": details})
	}
	for _, l := range d.Lists {
		lists = append(lists, object{
			"info":    object{"name": l.Name, "items": list(l.Items)},
			"details": object{"used": l.Used, "plugins": []string{}, "lists": list(l.Lists), "items_compiled": list(l.ItemsCompiled)},
		})
	}
	out["macros"], out["lists"], out["required_engine_version"] = macros, lists, d.RequiredEngine
	out["required_plugin_versions"] = requirements(d.Plugins, true)
	return out
}

func requirements(all []falco.Requirement, alternatives bool) []object {
	out := make([]object, len(all))
	for i, r := range all {
		out[i] = object{"name": r.Name, "version": r.Version}
		if alternatives {
			out[i]["alternatives"] = requirements(r.Alternatives, false)
		}
	}
	return out
}

func conditionObject(c falco.ConditionDetails) object {
	return object{
		"macros": list(c.Macros), "lists": list(c.Lists), "condition_operators": list(c.Operators), "condition_fields": list(c.Fields),
		"events": list(c.Events), "condition_compiled": c.ConditionCompiled,
	}
}

func ruleObject(r falco.RuleDescription) object {
	details := conditionObject(r.ConditionDetails)
	details["output_compiled"], details["output_fields"] = r.OutputCompiled, list(r.OutputFields)
	details["exception_names"], details["exception_fields"] = list(r.ExceptionNames), list(r.ExceptionFields)
	details["exception_operators"], details["plugins"] = list(r.ExceptionOperators), list(r.Plugins)
	return object{
		"info": object{
			"name": r.Name, "description": r.Desc, "condition": r.Condition, "output": r.Output, "priority": r.Priority.String(),
			"enabled": r.Enabled, "source": r.Source, "tags": list(r.Tags),
			"capture": r.Capture, "capture_duration": r.CaptureDuration,
		},
		"details": details,
	}
}
