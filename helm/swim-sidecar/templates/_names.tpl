{{/* swim-sidecar.name: the name of the objects that all members of one cluster share. */}}
{{- define "swim-sidecar.name" -}}
{{- if not .Values.swim -}}
{{- fail "swim-sidecar: its values belong under `swim`: write `alias: swim` where Chart.yaml names the dependency swim-sidecar" -}}
{{- end -}}
{{- if .Values.swim.name -}}
{{- .Values.swim.name -}}
{{- else if contains "swim" .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-swim" (.Release.Name | trunc 45 | trimSuffix "-") -}}
{{- end -}}
{{- end -}}

{{- define "swim-sidecar.configName" -}}
{{ include "swim-sidecar.name" . }}-config
{{- end -}}

{{- define "swim-sidecar.serviceName" -}}
{{ include "swim-sidecar.name" . }}-gossip
{{- end -}}

{{- define "swim-sidecar.secretName" -}}
{{- .Values.swim.encryption.existingSecret | default (printf "%s-keys" (include "swim-sidecar.name" .)) -}}
{{- end -}}

{{/* swim-sidecar.podLabels: what the Service and the NetworkPolicy select; each pod with the sidecar needs it. */}}
{{- define "swim-sidecar.podLabels" -}}
swim.io/cluster: {{ include "swim-sidecar.name" . | quote }}
{{- end -}}

{{/*
swim-sidecar.podAnnotations: keeps a service mesh's proxy away from gossip, and from the probes: a native sidecar must be started before a
proxy that is none runs. Nothing without a mesh.
*/}}
{{- define "swim-sidecar.podAnnotations" -}}
{{- $port := .Values.swim.gossip.port | toString -}}
{{- $ports := printf "%v,%v" .Values.swim.gossip.port .Values.swim.http.port -}}
{{- if eq .Values.swim.mesh "istio" -}}
traffic.sidecar.istio.io/excludeInboundPorts: {{ $ports | quote }}
traffic.sidecar.istio.io/excludeOutboundPorts: {{ $port | quote }}
{{- else if eq .Values.swim.mesh "linkerd" -}}
config.linkerd.io/skip-inbound-ports: {{ $ports | quote }}
config.linkerd.io/skip-outbound-ports: {{ $port | quote }}
{{- end -}}
{{- end -}}

{{- define "swim-sidecar.image" -}}
{{- $image := .Values.swim.image -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default "0.1.0" }}
{{- end -}}
{{- end -}}

{{/* swim-sidecar.native: "true" where native sidecar containers are used. */}}
{{- define "swim-sidecar.native" -}}
{{- $mode := toString .Values.swim.nativeSidecar -}}
{{- if eq $mode "auto" -}}
{{- semverCompare ">=1.33-0" .Capabilities.KubeVersion.Version -}}
{{- else -}}
{{- eq $mode "true" -}}
{{- end -}}
{{- end -}}
