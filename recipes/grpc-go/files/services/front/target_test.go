package main

import "testing"

func TestTarget(t *testing.T) {
	for link, want := range map[string]string{
		"http://counter.words":   "counter.words:80",
		"http://127.0.0.1:4711/": "127.0.0.1:4711",
	} {
		if got, err := target(link); err != nil || got != want {
			t.Errorf("target(%q) = %q, %v, want %q", link, got, err, want)
		}
	}
	if _, err := target(""); err == nil {
		t.Error("no link was taken for one")
	}
}
