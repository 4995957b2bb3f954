// Memberlist_load lets nodes of HashiCorp's memberlist on loopback tell each other messages, in one process, and says
// how many reached all of them. Each node passes on what it hears for the first time, as Serf does.
//
//	memberlist_load -profile lan|fast|tick5 [-nodes 10] [-publishers 3] [-payload 64] [-seconds 10] [-window 512]
//
// It prints one line of JSON and ends by itself.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"syscall"
	"time"
)

type options struct {
	profile    string
	nodes      int
	publishers int
	payload    int
	seconds    float64
	window     int
	network    string
}

// result is what one run found. Counts are of the measured time, without warm-up and without what came after it.
type result struct {
	Profile         string  `json:"profile"`
	Window          int     `json:"window"`
	Seconds         float64 `json:"seconds"`
	Accepted        int     `json:"accepted"`
	Complete        int     `json:"complete"`
	Lost            int     `json:"lost"`
	Duplicates      int64   `json:"duplicates"`
	P50Milliseconds float64 `json:"p50_ms"`
	P99Milliseconds float64 `json:"p99_ms"`
	CPUSeconds      float64 `json:"cpu_seconds"`
	Datagrams       int64   `json:"datagrams"`
	DatagramBytes   int64   `json:"datagram_bytes"`
}

func parse() (options, error) {
	var o options
	flag.StringVar(&o.profile, "profile", "lan", "lan: DefaultLANConfig; fast: probes each 200 ms, gossip each 50 ms to 4; tick5: gossip each 5 ms")
	flag.IntVar(&o.nodes, "nodes", 10, "members")
	flag.IntVar(&o.publishers, "publishers", 3, "of them that send")
	flag.IntVar(&o.payload, "payload", 64, "bytes of a message, at least 16")
	flag.Float64Var(&o.seconds, "seconds", 10, "measured time")
	flag.IntVar(&o.window, "window", 512, "messages under way at a time, of all publishers together")
	flag.StringVar(&o.network, "network", "127.91.0", "the first three bytes of the loopback addresses")
	flag.Parse()
	if o.nodes < 2 || o.nodes > 64 || o.publishers < 1 || o.publishers > o.nodes || o.payload < headerBytes ||
		o.payload > 1000 || o.seconds <= 0 || o.seconds > 600 || o.window < 1 || o.window > 65536 {
		return o, fmt.Errorf("2 to 64 nodes, payload %d to 1000, up to 600 s, window up to 65536", headerBytes)
	}
	return o, nil
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

func run(o options) (result, error) {
	ledger := newLedger(o)
	nodes, err := startCluster(o, ledger)
	defer stopCluster(nodes)
	if err != nil {
		return result{}, err
	}
	publish := func(duration time.Duration) { ledger.publish(nodes[:o.publishers], time.Now().Add(duration)) }
	publish(time.Duration(float64(time.Second) * min(2, o.seconds/4))) // warm-up
	ledger.forget()
	cpu, begin := cpuSeconds(), time.Now()
	datagrams, bytes := traffic(nodes)
	publish(time.Duration(o.seconds * float64(time.Second)))
	found := ledger.result(o, time.Since(begin))
	found.CPUSeconds = cpuSeconds() - cpu
	afterDatagrams, afterBytes := traffic(nodes)
	found.Datagrams, found.DatagramBytes = afterDatagrams-datagrams, afterBytes-bytes
	return found, nil
}

func main() {
	log.SetFlags(0)
	o, err := parse()
	if err != nil {
		log.Fatal(err)
	}
	found, err := run(o)
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		log.Fatal(err)
	}
}
