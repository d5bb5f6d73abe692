package main

import "testing"

func TestLetters(t *testing.T) {
	for word, want := range map[string]int{"hello": 5, "café!": 4, "слово 1": 5} {
		if got, err := letters(word); err != nil || got != want {
			t.Errorf("letters(%q) = %d, %v, want %d", word, got, err, want)
		}
	}
	if _, err := letters("  "); err == nil {
		t.Error("an empty word was counted")
	}
}
