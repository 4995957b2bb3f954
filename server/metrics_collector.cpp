#include "server/metrics_collector.hpp"

#include <prometheus/text_serializer.h>

#include <sstream>

namespace swim::server {

std::vector<prometheus::MetricFamily> MetricsCollector::Collect() const {
  MetricFamilies out;
  add_node_metrics(look_, out);
  add_probe_metrics(look_, out);
  add_transport_metrics(look_, out);
  add_gossip_metrics(look_, out);
  add_server_metrics(look_, out);
  add_process_metrics(look_, out);
  return out.take();
}

std::string metrics_text(const Look& look) {
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, MetricsCollector(look).Collect());
  return std::move(text).str();
}

}  // namespace swim::server
