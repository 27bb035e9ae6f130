package nats

import (
	"errors"
	"fmt"
)

// AddressTakenError says that the server in this process cannot listen because
// another process does. Address is host:port.
type AddressTakenError struct {
	Address string
}

// Error names the address and both ways out.
func (e *AddressTakenError) Error() string {
	return fmt.Sprintf("another process listens on %s: set nats_output.listen to another address, "+
		"or nats_output.url to nats://%[1]s to use the server that is there", e.Address)
}

// StoreDirError says that the server in this process cannot use its folder.
type StoreDirError struct {
	Dir string
	Err error // a *fs.PathError, or errStoreInUse
}

func (e *StoreDirError) Error() string {
	return fmt.Sprintf("store of the NATS server in %s: %v: set nats_output.store_dir to a folder that this process can write", e.Dir, e.Err)
}

func (e *StoreDirError) Unwrap() error { return e.Err }

// ErrNotReady is wrapped by a StartError when the server in this process did not
// come up within Config.ReadyWait.
var ErrNotReady = errors.New("not ready in time")

// StartError says that the server in this process did not come up. Err is what
// the server said, ErrNotReady, or the error of the context.
type StartError struct {
	Address string
	Err     error
}

func (e *StartError) Error() string {
	return fmt.Sprintf("NATS server on %s: %v", e.Address, e.Err)
}

func (e *StartError) Unwrap() error { return e.Err }

// StreamError says that there is no stream that takes the alerts, or that the one
// there is cannot be used.
type StreamError struct {
	Stream   string   // the name it has, or would have
	Subjects []string // what it should take
	Err      error
}

func (e *StreamError) Error() string {
	return fmt.Sprintf("stream %s for %v: %v", e.Stream, e.Subjects, e.Err)
}

func (e *StreamError) Unwrap() error { return e.Err }
