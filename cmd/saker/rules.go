package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/saker-project/saker/translate"
)

// readRules reads rules files. A directory gives its .yaml and .yml files,
// sorted by name and without its subdirectories, as in Falco. What is not there
// is left out if it is optional.
func readRules(paths []string, optional bool) ([]translate.File, error) {
	var files []translate.File
	for _, path := range paths {
		info, err := os.Stat(path)
		if optional && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, rulesFileError(err)
		}
		names := []string{path}
		if info.IsDir() {
			if names, err = rulesIn(path); err != nil {
				return nil, err
			}
		}
		for _, name := range names {
			content, err := os.ReadFile(name)
			if err != nil {
				return nil, rulesFileError(err)
			}
			files = append(files, translate.File{Name: name, Content: content})
		}
	}
	return files, nil
}

func rulesFileError(err error) error {
	return fmt.Errorf("rules file: %w; name one that can be read with -r, or in rules_files of the configuration", err)
}

func rulesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("rules directory: %w", err)
	}
	var names []string
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		if !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") {
			continue
		}
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}
