#include "server/metrics_families.hpp"

#include <algorithm>

#include "server/http_text.hpp"

namespace swim::server {

MetricFamilies& MetricFamilies::begin(std::string name, std::string help,
                                      prometheus::MetricType type) {
  families_.push_back({std::move(name), std::move(help), type, {}});
  return *this;
}

MetricFamilies& MetricFamilies::counter(std::string name, std::string help) {
  return begin(std::move(name), std::move(help), prometheus::MetricType::Counter);
}

MetricFamilies& MetricFamilies::gauge(std::string name, std::string help) {
  return begin(std::move(name), std::move(help), prometheus::MetricType::Gauge);
}

MetricFamilies& MetricFamilies::summary(std::string name, std::string help) {
  return begin(std::move(name), std::move(help), prometheus::MetricType::Summary);
}

MetricFamilies& MetricFamilies::value(double value, const MetricLabels& labels) {
  prometheus::MetricFamily& family = families_.back();
  prometheus::ClientMetric& metric = family.metric.emplace_back();
  for (const auto& [name, text] : labels) {
    metric.label.push_back({name, valid_utf8(text)});
  }
  (family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) =
      value;
  return *this;
}

MetricFamilies& MetricFamilies::value(std::uint64_t number, const MetricLabels& labels) {
  return value(static_cast<double>(number), labels);
}

MetricFamilies& MetricFamilies::sum(double sum, std::uint64_t count) {
  prometheus::ClientMetric& metric = families_.back().metric.emplace_back();
  metric.summary.sample_sum = sum;
  metric.summary.sample_count = count;
  return *this;
}

std::vector<prometheus::MetricFamily> MetricFamilies::take() {
  std::erase_if(families_, [](const auto& family) { return family.metric.empty(); });
  return std::move(families_);
}

}  // namespace swim::server
