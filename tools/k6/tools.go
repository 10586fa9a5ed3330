//go:build tools

// Package tools pins the k6 that Banyan measures with: go.mod and go.sum are its checksums.
// `go build -o k6 go.k6.io/k6/v2` in this folder builds exactly that version.
package tools

import _ "go.k6.io/k6/v2"
