{{/*
swim-sidecar.headlessService, .configMap, .secret, .networkPolicy: the objects that all members of a cluster share. Chart `swim` makes
them; a chart whose pods are a cluster of their own may include them itself. Each takes a dict: root (the root context), labels, annotations.
*/}}
{{- define "swim-sidecar.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
{{- with .labels }}
labels:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
Unready members are in DNS too: otherwise nobody could be found while all start at once. Its ports go to the same numbers: by the name of
a port no init container is found before Kubernetes 1.32.
*/}}
{{- define "swim-sidecar.headlessService" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "swim-sidecar.metadata" (merge (dict "name" (include "swim-sidecar.serviceName" .root)) .) | nindent 2 }}
spec:
  type: ClusterIP
  clusterIP: None
  publishNotReadyAddresses: true
  selector:
    {{- include "swim-sidecar.podLabels" .root | nindent 4 }}
  ports:
    - name: gossip-udp
      port: {{ .root.Values.swim.gossip.port }}
      protocol: UDP
    - name: gossip-tcp
      port: {{ .root.Values.swim.gossip.port }}
      protocol: TCP
{{- end -}}

{{- define "swim-sidecar.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "swim-sidecar.metadata" (merge (dict "name" (include "swim-sidecar.configName" .root)) .) | nindent 2 }}
data:
  swim.yaml: |
    {{- include "swim-sidecar.config" .root | nindent 4 }}
{{- end -}}

{{/* Settings that fit no pod, as all of them read one file, or not what the pods' template says. */}}
{{- define "swim-sidecar.refuseExtraConfig" -}}
{{- $swim := .Values.swim -}}
{{- range $name, $why := dict
  "node.name" "all pods read this file; it is the pod's name"
  "node.labels" "the sidecar's environment wins over it; set swim.labels in the chart of your pods"
  "gossip.advertise-address" "the sidecar's environment wins over it; it is the pod's"
  "gossip.bind-address" "set swim.gossip.port and swim.gossip.ipFamily"
  "admin.http-address" "the probes ask it; set swim.http.port, and who may read it in networkPolicy.httpFrom"
  "api.socket" "your containers mount its folder; it is /run/swim/swim.sock"
  "admin.socket" "the sidecar mounts its folder; it is /run/swim-admin/admin.sock"
  "encryption.keyring-dir" "the Secret is mounted there; set swim.encryption.existingSecret" -}}
{{- $path := splitList "." $name -}}
{{- if hasKey (index $swim.extraConfig (first $path) | default dict) (last $path) -}}
{{- fail (printf "swim.extraConfig.%s has no place in the file: %s" $name $why) -}}
{{- end -}}
{{- end -}}
{{- $mode := dig "api" "socket-mode" "" $swim.extraConfig -}}
{{- if not (kindIs "string" $mode) -}}
{{- fail (printf "swim.extraConfig.api.socket-mode: write it in quotes, as in \"0660\": without them YAML made it the number %v" $mode) -}}
{{- end -}}
{{- end -}}

{{- define "swim-sidecar.refuseOnePort" -}}
{{- $swim := .Values.swim -}}
{{- if eq (int $swim.gossip.port) (int $swim.http.port) -}}
{{- fail (printf "swim.gossip.port and swim.http.port are both %v: they need two" $swim.http.port) -}}
{{- end -}}
{{- end -}}

{{- define "swim-sidecar.config" -}}
{{- include "swim-sidecar.refuseOnePort" . -}}
{{- include "swim-sidecar.refuseExtraConfig" . -}}
{{- $swim := .Values.swim -}}
{{- $any := eq $swim.gossip.ipFamily "IPv6" | ternary "[::]" "0.0.0.0" -}}
{{- /* The dot at the end spares the resolver the search list. */ -}}
{{- $own := printf "dns+%s.%s.svc.%s.:%v" (include "swim-sidecar.serviceName" .) .Release.Namespace $swim.cluster.domain $swim.gossip.port -}}
{{- $config := dict
  "cluster" (dict "label" ($swim.cluster.label | default (printf "%s/%s" .Release.Namespace (include "swim-sidecar.name" .))))
  "encryption" (dict "keyring-dir" "/etc/swim/keys")
  "discovery" (dict "seeds" (prepend $swim.discovery.extraSeeds $own))
  "gossip" (dict "preset" $swim.gossip.preset "bind-address" (printf "%s:%v" $any $swim.gossip.port))
  "api" (dict "socket" "/run/swim/swim.sock")
  "admin" (dict "socket" "/run/swim-admin/admin.sock" "http-address" (printf "%s:%v" $any $swim.http.port))
  "lifecycle" (dict "drain-timeout" (printf "%vs" $swim.terminationGracePeriodSeconds))
  "log" (dict "level" $swim.log.level "format" $swim.log.format) -}}
{{- toYaml (mustMergeOverwrite $config (deepCopy $swim.extraConfig)) -}}
{{- end -}}

{{/*
A hook, and only where no Secret of that name is there: so Helm never writes over a key, which may have been rotated since, and a rollback
or an uninstall leaves it alone. Without a policy of its own Helm would delete what it finds before it makes a hook's object; under
hook-failed a key that came up meanwhile is an error instead.
*/}}
{{- define "swim-sidecar.secret" -}}
{{- $name := include "swim-sidecar.secretName" .root -}}
{{- if not .root.Values.swim.encryption.existingSecret -}}
{{- if not .root.Values.swim.encryption.generate -}}
{{- fail "swim.encryption: name an existingSecret with the key (swimctl keys generate), or set generate: true" -}}
{{- end -}}
{{- if not (lookup "v1" "Secret" .root.Release.Namespace $name) -}}
{{- $hook := dict "helm.sh/hook" "pre-install,pre-upgrade" "helm.sh/hook-delete-policy" "hook-failed" -}}
apiVersion: v1
kind: Secret
metadata:
  {{- include "swim-sidecar.metadata" (merge (dict "name" $name "annotations" (merge $hook (.annotations | default dict))) .) | nindent 2 }}
type: Opaque
data:
  primary: {{ randBytes 32 | b64enc }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
A NetworkPolicy shuts every port of the pods that it selects but those it names. `allowOtherPorts` leaves all other ports of your pods
open to everybody: for pods that no other policy selects.
*/}}
{{- define "swim-sidecar.networkPolicy" -}}
{{- $gossip := int .root.Values.swim.gossip.port -}}
{{- $http := int .root.Values.swim.http.port -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "swim-sidecar.metadata" (merge (dict "name" (include "swim-sidecar.serviceName" .root)) .) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "swim-sidecar.podLabels" .root | nindent 6 }}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector:
            matchLabels:
              {{- include "swim-sidecar.podLabels" .root | nindent 14 }}
        {{- with .policy.gossipFrom }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - port: {{ $gossip }}
          protocol: UDP
        - port: {{ $gossip }}
          protocol: TCP
    {{- with .policy.httpFrom }}
    - from:
        {{- toYaml . | nindent 8 }}
      ports:
        - port: {{ $http }}
          protocol: TCP
    {{- end }}
    {{- if .policy.allowOtherPorts }}
    - ports:
        {{- $low := min $gossip $http | int }}
        {{- $high := max $gossip $http | int }}
        {{- range $range := list (list 1 (sub $low 1)) (list (add1 $low) (sub $high 1)) (list (add1 $high) 65535) }}
        {{- if le (index $range 0 | int) (index $range 1 | int) }}
        {{- range $protocol := list "TCP" "UDP" }}
        - port: {{ index $range 0 }}
          endPort: {{ index $range 1 }}
          protocol: {{ $protocol }}
        {{- end }}
        {{- end }}
        {{- end }}
    {{- end }}
{{- end -}}
