// Short words for building Prometheus families by hand. Pure.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace swim::server {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

class MetricFamilies {
 public:
  // The family that the next values belong to.
  MetricFamilies& counter(std::string name, std::string help);
  MetricFamilies& gauge(std::string name, std::string help);
  MetricFamilies& summary(std::string name, std::string help);

  MetricFamilies& value(double value, const MetricLabels& labels = {});
  MetricFamilies& value(std::uint64_t value, const MetricLabels& labels = {});
  // Without quantiles.
  MetricFamilies& sum(double sum, std::uint64_t count);

  // Families without a value are left out.
  std::vector<prometheus::MetricFamily> take();

 private:
  MetricFamilies& begin(std::string name, std::string help, prometheus::MetricType type);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace swim::server
