// The metrics of swimd over one look at the node, in the text format of Prometheus. Names and
// labels are part of the product: dashboards and alerts are written against them. No label carries
// the name of a member, `swim_node_info` of this node itself excepted, so that a scrape stays
// small whatever the size of the cluster.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "server/http_source.hpp"
#include "server/metrics_families.hpp"

namespace swim::server {

inline constexpr const char* metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

class MetricsCollector final : public prometheus::Collectable {
 public:
  // `look` must outlive the collector.
  explicit MetricsCollector(const Look& look) : look_(look) {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const Look& look_;
};

std::string metrics_text(const Look& look);

// The parts.
void add_node_metrics(const Look& look, MetricFamilies& out);       // identity, members, events
void add_probe_metrics(const Look& look, MetricFamilies& out);      // failure detection
void add_transport_metrics(const Look& look, MetricFamilies& out);  // packets, bytes, drops, keys
void add_gossip_metrics(const Look& look, MetricFamilies& out);     // queues, broadcasts, sync
void add_server_metrics(const Look& look, MetricFamilies& out);     // API, configuration, log
void add_process_metrics(const Look& look, MetricFamilies& out);    // this process and its loop

}  // namespace swim::server
