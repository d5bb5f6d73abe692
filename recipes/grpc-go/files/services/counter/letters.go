package main

import (
	"errors"
	"strings"
	"unicode"
)

var errNoWord = errors.New("name a word")

// letters counts the letters of word, in any script.
func letters(word string) (int, error) {
	if strings.TrimSpace(word) == "" {
		return 0, errNoWord
	}
	count := 0
	for _, r := range word {
		if unicode.IsLetter(r) {
			count++
		}
	}
	return count, nil
}
