package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"sync/atomic"
	"time"

	"github.com/hashicorp/memberlist"
)

const port = 7946

// node is a member: memberlist's delegate for messages.
type node struct {
	index     int
	ledger    *ledger
	list      *memberlist.Memberlist
	queue     *memberlist.TransmitLimitedQueue
	transport *countingTransport
}

// message is a broadcast that never replaces another.
type message []byte

func (message) Invalidates(memberlist.Broadcast) bool { return false }
func (m message) Message() []byte                     { return m }
func (message) Finished()                             {}
func (message) UniqueBroadcast()                      {}

// pass gives a message to the gossip of this node.
func (n *node) pass(m message) { n.queue.QueueBroadcast(m) }

func (n *node) NotifyMsg(buffer []byte) {
	if n.ledger.arrived(n.index, buffer) {
		n.pass(append(message(nil), buffer...)) // the buffer is memberlist's
	}
}

func (n *node) GetBroadcasts(overhead, limit int) [][]byte {
	return n.queue.GetBroadcasts(overhead, limit)
}
func (n *node) NodeMeta(int) []byte           { return nil }
func (n *node) LocalState(bool) []byte        { return nil }
func (n *node) MergeRemoteState([]byte, bool) {}

// countingTransport counts the datagrams that are sent.
type countingTransport struct {
	*memberlist.NetTransport
	datagrams, bytes atomic.Int64
}

func (t *countingTransport) WriteTo(packet []byte, address string) (time.Time, error) {
	return t.WriteToAddress(packet, memberlist.Address{Addr: address})
}

func (t *countingTransport) WriteToAddress(packet []byte, address memberlist.Address) (time.Time, error) {
	t.datagrams.Add(1)
	t.bytes.Add(int64(len(packet)))
	return t.NetTransport.WriteToAddress(packet, address)
}

func configuration(profile string) (*memberlist.Config, error) {
	config := memberlist.DefaultLANConfig()
	switch profile {
	case "lan":
	case "fast", "tick5":
		config.ProbeInterval, config.ProbeTimeout = 200*time.Millisecond, 100*time.Millisecond
		config.GossipInterval, config.GossipNodes = 50*time.Millisecond, 4
		if profile == "tick5" {
			config.GossipInterval = 5 * time.Millisecond
		}
	default:
		return nil, fmt.Errorf("no profile %q", profile)
	}
	// Encrypted as swimd is, with AES-256-GCM; compression stays as memberlist has it by default.
	config.SecretKey = []byte("0123456789abcdef0123456789abcdef")
	return config, nil
}

func startNode(o options, ledger *ledger, index int) (*node, error) {
	config, err := configuration(o.profile)
	if err != nil {
		return nil, err
	}
	made := &node{index: index, ledger: ledger}
	silent := log.New(io.Discard, "", 0)
	config.Name = fmt.Sprintf("n%d", index+1)
	config.BindAddr, config.BindPort, config.AdvertisePort = fmt.Sprintf("%s.%d", o.network, index+1), port, port
	config.Logger, config.Delegate = silent, made
	transport, err := memberlist.NewNetTransport(&memberlist.NetTransportConfig{
		BindAddrs: []string{config.BindAddr}, BindPort: port, Logger: silent})
	if err != nil {
		return nil, err
	}
	made.transport = &countingTransport{NetTransport: transport}
	config.Transport = made.transport
	made.queue = &memberlist.TransmitLimitedQueue{NumNodes: func() int { return o.nodes }, RetransmitMult: config.RetransmitMult}
	made.list, err = memberlist.Create(config)
	return made, err
}

// startCluster returns the nodes that were started even where it fails, for stopCluster.
func startCluster(o options, ledger *ledger) ([]*node, error) {
	var nodes []*node
	for index := range o.nodes {
		made, err := startNode(o, ledger, index)
		if err != nil {
			return nodes, err
		}
		nodes = append(nodes, made)
		if index > 0 {
			if _, err := made.list.Join([]string{net.JoinHostPort(o.network+".1", fmt.Sprint(port))}); err != nil {
				return nodes, err
			}
		}
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		complete := true
		for _, each := range nodes {
			complete = complete && each.list.NumMembers() == o.nodes
		}
		if complete {
			return nodes, nil
		}
		if time.Now().After(deadline) {
			return nodes, fmt.Errorf("the nodes did not see each other within 30 s")
		}
	}
}

func stopCluster(nodes []*node) {
	for _, each := range nodes {
		if each.list != nil {
			_ = each.list.Shutdown() // the process ends anyway
		}
	}
}

func traffic(nodes []*node) (datagrams, bytes int64) {
	for _, each := range nodes {
		datagrams += each.transport.datagrams.Load()
		bytes += each.transport.bytes.Load()
	}
	return datagrams, bytes
}
