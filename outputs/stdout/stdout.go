// Package stdout prints alerts as lines on a writer, which is the agent's
// standard output unless a test says otherwise.
//
// An alert is accepted once its line has been handed to the writer, or, when
// buffered, to the buffer. A line that was written in part is begun again on a
// line of its own when the write is repeated. The methods may be called from any
// goroutine. A writer that blocks, such as a full pipe, blocks Write beyond its
// context: the Queue's Close leaves such a write behind.
package stdout

import (
	"context"
	"io"
	"os"
	"sync"

	"github.com/saker-project/saker/outputs"
)

// Config are the settings of the output. The zero value prints nothing.
type Config struct {
	Enabled  bool // stdout_output.enabled, default false
	Buffered bool // buffered_outputs: lines reach the writer in blocks and at Close, default false
}

// bufferSize is that of the C library's streams, so that lines come in blocks as
// large as Falco's.
const bufferSize = 4096

// Output is the output; see the package comment.
type Output struct {
	cfg    Config
	format outputs.Format

	mu     sync.Mutex // guards what follows
	w      io.Writer
	buffer []byte // accepted lines when buffered, otherwise scratch for one line
	torn   bool   // the last line was written in part
	closed bool
}

// New returns an output that prints alerts on w in the given format. It never
// closes w.
func New(cfg Config, format outputs.Format, w io.Writer) *Output {
	return &Output{cfg: cfg, format: format, w: w}
}

// Name returns "stdout".
func (o *Output) Name() string { return "stdout" }

// Connect does nothing. After Close it returns os.ErrClosed.
func (o *Output) Connect(context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return os.ErrClosed
	}
	return nil
}

// Write prints one alert, with a single call of the writer unless buffered.
func (o *Output) Write(_ context.Context, a *outputs.Alert) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return os.ErrClosed
	}
	if !o.cfg.Buffered {
		return o.writeLine(a)
	}
	if len(o.buffer) >= bufferSize {
		if err := o.flush(); err != nil {
			return err
		}
	}
	o.buffer = append(o.format.Append(o.buffer, a), '\n')
	return nil
}

func (o *Output) writeLine(a *outputs.Alert) error {
	line := o.buffer[:0]
	if o.torn {
		line = append(line, '\n')
	}
	line = append(o.format.Append(line, a), '\n')
	n, err := o.w.Write(line)
	if n > 0 {
		o.torn = err != nil
	}
	o.buffer = line
	return err
}

// flush writes what is buffered and keeps what the writer did not take.
func (o *Output) flush() error {
	n, err := o.w.Write(o.buffer)
	o.buffer = append(o.buffer[:0], o.buffer[n:]...)
	return err
}

// Close writes what is buffered. It does not close the writer.
func (o *Output) Close(context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return nil
	}
	o.closed = true
	if !o.cfg.Buffered || len(o.buffer) == 0 {
		return nil
	}
	return o.flush()
}
