package nats

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/saker-project/saker/outputs"
	"github.com/saker-project/saker/outputs/outputtest"
)

// killedStore names the store of the process that TestAcknowledgedAlertsSurviveAKill
// starts and kills.
const killedStore = "SAKER_TEST_KILLED_STORE"

func TestAcknowledgedAlertsSurviveAKill(t *testing.T) {
	if dir := os.Getenv(killedStore); dir != "" {
		writeAndDie(t, dir)
	}
	for round := range 5 {
		dir := t.TempDir()
		child := exec.Command(os.Args[0], "-test.run=^TestAcknowledgedAlertsSurviveAKill$")
		child.Env = append(os.Environ(), killedStore+"="+dir)
		out, _ := child.Output() // it always ends by a signal
		acknowledged := strings.Count(string(out), "acknowledged\n")
		if acknowledged == 0 {
			t.Fatalf("round %d: nothing was acknowledged: %s", round, out)
		}
		o := connectOutput(t, Config{StoreDir: dir})
		_, js := client(t, o.ServerURL())
		if got := len(stored(t, js, "SAKER_ALERTS")); got < acknowledged {
			t.Errorf("round %d: %d alerts after the restart, %d were acknowledged", round, got, acknowledged)
		}
	}
}

// writeAndDie writes alerts, prints a line for each that is acknowledged, and
// kills its own process right after the last.
func writeAndDie(t *testing.T, dir string) {
	o := connectOutput(t, Config{StoreDir: dir})
	var report strings.Builder
	for i := range 100 {
		alerts := make([]*outputs.Alert, 10)
		for j := range alerts {
			alerts[j] = outputtest.Alert(fmt.Sprint(i, j))
			alerts[j].ID = ""
		}
		if errs := o.WriteBatch(context.Background(), alerts); errs == nil {
			report.WriteString(strings.Repeat("acknowledged\n", len(alerts)))
		}
	}
	os.Stdout.WriteString(report.String())
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	self.Kill()
	select {}
}
