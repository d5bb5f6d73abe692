package main

import (
	"errors"
	"net"
	"net/url"
)

// target is what gRPC dials for the address of a linked service, such as http://counter.words.
func target(link string) (string, error) {
	parsed, err := url.Parse(link)
	if err != nil || parsed.Hostname() == "" {
		return "", errors.New("the variable COUNTER_URL is not set: link the service to counter")
	}
	port := parsed.Port()
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(parsed.Hostname(), port), nil
}
