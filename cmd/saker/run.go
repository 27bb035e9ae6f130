package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/saker-project/saker/agent"
	"github.com/saker-project/saker/agent/capture"
	"github.com/saker-project/saker/agent/config"
	"github.com/saker-project/saker/agent/engine"
	"github.com/saker-project/saker/agent/schema"
	falcorules "github.com/saker-project/saker/falco-rules"
	"github.com/saker-project/saker/outputs"
	"github.com/saker-project/saker/outputs/nats"
	"github.com/saker-project/saker/outputs/stdout"
	"github.com/saker-project/saker/translate"
)

// falcoConfig is used when it exists and -c names no other.
const falcoConfig = "/etc/falco/falco.yaml"

// readyMessage is logged once events are captured.
const readyMessage = "watching this machine"

// runCommand watches this machine until it is told to stop.
func runCommand(args []string, out, stderr io.Writer) error {
	flags := flagSet("saker", usage, out)
	path := flags.StringP("config", "c", falcoConfig, "configuration `file`; without one the defaults run")
	options := flags.StringArrayP("option", "o", nil, "set `key=value` of the configuration, e.g. json_output=true; repeatable")
	rules := flags.StringArrayP("rules", "r", nil, "rules `file` or folder, instead of those of the configuration; repeatable")
	showVersion := flags.Bool("version", false, "print the version")
	inspect := addInspectFlags(flags)
	lists := addListFlags(flags)
	verbose := flags.BoolP("verbose", "v", false, "with --list: print the types of fields")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := lists.run(*verbose, out, stderr); err != nil || lists.asked() {
		return err
	}
	if *showVersion {
		fmt.Fprintln(out, "saker", version)
		return nil
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown command %q; saker --help lists them", flags.Arg(0))
	}
	cfg, warnings, err := config.Load(config.Options{
		Path:       configPath(flags, *path),
		Overrides:  *options,
		RulesFiles: *rules,
	})
	if err != nil {
		return err
	}
	log := newLog(cfg, stderr)
	for _, w := range warnings {
		log.Warn(w.String())
	}
	if inspect.asked() {
		return inspect.run(cfg, len(*rules) > 0, log, out)
	}
	ruleset, err := configuredRules(cfg, len(*rules) > 0, stderr)
	if err != nil {
		return err
	}
	return watch(cfg, ruleset, log, out)
}

// configPath returns the configuration file to read: the one that was asked for,
// which then must be there, or Falco's if there is one.
func configPath(flags *pflag.FlagSet, path string) string {
	if !flags.Changed("config") {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return ""
		}
	}
	return path
}

// newLog returns the agent's own log. Steady state logs nothing.
func newLog(cfg *config.Config, stderr io.Writer) *slog.Logger {
	if !cfg.LogStderr {
		return slog.New(slog.DiscardHandler)
	}
	level := slog.LevelError
	switch p := cfg.LogLevel; {
	case p >= schema.Debug:
		level = slog.LevelDebug
	case p >= schema.Notice:
		level = slog.LevelInfo
	case p >= schema.Warning:
		level = slog.LevelWarn
	}
	return slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
}

// watch runs the agent until a signal ends it.
func watch(cfg *config.Config, ruleset *translate.Ruleset, log *slog.Logger, out io.Writer) error {
	all, server, err := newOutputs(cfg, log, out)
	if err != nil {
		return err
	}
	// The second signal finds the default handler and ends the process.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	matching := engine.MatchFirst
	if cfg.RuleMatching == config.MatchAll {
		matching = engine.MatchAll
	}
	var selections []engine.Selection
	for _, s := range cfg.Rules {
		selections = append(selections, engine.Selection(s))
	}
	a, err := agent.New(ctx, agent.Options{
		Rules:   ruleset.Modules,
		Outputs: all,
		Engine:  engine.Options{RuleMatching: matching, MinPriority: cfg.Priority, Selections: selections},
		Capture: capture.LiveOptions{
			RingBytes:   cfg.Engine.ModernEBPF.BufferBytes(),
			NoIterators: cfg.Engine.ModernEBPF.DisableIterators,
		},
		Threads: cfg.FalcoLibs.ThreadTableSize,
		Queue:   outputs.QueueOptions{Capacity: cfg.OutputsQueue.Capacity, Log: log},
		Log:     log,
	})
	if err != nil {
		return err
	}
	for _, b := range a.Blind() {
		log.Warn("this rule cannot fire: no event type that it names is captured yet", "rule", b.Rule, "missing", strings.Join(b.Missing, ","))
	}
	err = a.Run(ctx, func() {
		attrs := []any{"rules", a.ActiveRules()}
		if server != nil && server.ServerURL() != "" {
			attrs = append(attrs, "nats", server.ServerURL())
		}
		log.Info(readyMessage, attrs...)
	})
	if err == nil {
		printSummary(out, a.Summary())
	}
	return err
}

// configuredRules translates the configured rules.
func configuredRules(cfg *config.Config, named bool, stderr io.Writer) (*translate.Ruleset, error) {
	files, err := configuredFiles(cfg, named)
	if err != nil {
		return nil, err
	}
	return loadRules(files, stderr)
}

// configuredFiles reads the rules files, or the default rules when none are
// configured. Files named on the command line must be there; those of the
// configuration need not, but not all may be missing.
func configuredFiles(cfg *config.Config, named bool) ([]translate.File, error) {
	if len(cfg.RulesFiles) == 0 {
		return []translate.File{{Name: falcorules.Name, Content: falcorules.YAML}}, nil
	}
	files, err := readRules(cfg.RulesFiles, !named)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no rules file at %s: name one with -r, or remove rules_files from the configuration to run the default rules",
			strings.Join(cfg.RulesFiles, ", "))
	}
	return files, nil
}

// newOutputs makes the outputs that are enabled; server is that of NATS, nil
// without.
func newOutputs(cfg *config.Config, log *slog.Logger, out io.Writer) (all []outputs.Output, server *nats.Output, err error) {
	format := outputs.Format{
		JSON:                cfg.JSONOutput,
		TimeISO8601:         cfg.TimeFormatISO8601,
		IncludeOutput:       cfg.JSONIncludeOutputProperty,
		IncludeTags:         cfg.JSONIncludeTagsProperty,
		IncludeOutputFields: cfg.JSONIncludeOutputFieldsProperty,
		IncludeMessage:      cfg.JSONIncludeMessageProperty,
	}
	if cfg.StdoutOutput.Enabled {
		all = append(all, stdout.New(stdout.Config{Enabled: true, Buffered: cfg.BufferedOutputs}, format, out))
	}
	if cfg.NATSOutput.Enabled {
		format.JSON = true
		server, err = nats.New(nats.Config{
			Enabled:  true,
			URL:      cfg.NATSOutput.URL,
			Listen:   cfg.NATSOutput.Listen,
			StoreDir: cfg.NATSOutput.StoreDir,
			Subject:  cfg.NATSOutput.Subject,
			Stream:   cfg.NATSOutput.Stream,
			AckWait:  cfg.NATSOutput.MaxWait,
		}, format, log)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, server)
	}
	if len(all) == 0 {
		return nil, nil, errors.New("no output is enabled: set stdout_output.enabled or nats_output.enabled to true")
	}
	return all, server, nil
}

// printSummary prints what Falco prints at the end of a run, then what became of
// events and alerts.
func printSummary(w io.Writer, s agent.Summary) {
	fmt.Fprintf(w, "Events detected: %d\n", s.Alerts)
	severities := make(map[schema.Priority]uint64)
	for _, r := range s.Rules {
		severities[r.Priority] += r.Alerts
	}
	fmt.Fprintln(w, "Rule counts by severity:")
	for p := schema.Emergency; p <= schema.Debug; p++ {
		if n := severities[p]; n > 0 {
			name := strings.ToUpper(p.String())
			if p == schema.Informational {
				name = "INFO"
			}
			fmt.Fprintf(w, "   %s: %d\n", name, n)
		}
	}
	fmt.Fprintln(w, "Triggered rules by rule name:")
	for _, r := range s.Rules {
		fmt.Fprintf(w, "   %s: %d\n", r.Rule, r.Alerts)
		if r.Failures > 0 {
			fmt.Fprintf(w, "   %s failed: %d\n", r.Rule, r.Failures)
		}
	}
	fmt.Fprintf(w, "Events captured: %d\n", s.Events)
	var dropped uint64
	for _, d := range s.Drops {
		dropped += d.Count
	}
	fmt.Fprintf(w, "Events dropped: %d\n", dropped)
	for _, d := range s.Drops {
		fmt.Fprintf(w, "   %s (%s): %d\n", d.Type, d.Reason, d.Count)
	}
	fmt.Fprintln(w, "Alerts by output:")
	for _, o := range s.Outputs {
		fmt.Fprintf(w, "   %s: %d delivered, %d lost\n", o.Output, o.Delivered, o.TotalLost())
	}
}
