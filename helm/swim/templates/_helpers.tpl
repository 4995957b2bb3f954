{{- define "swim.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{ include "swim.selectorLabels" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* These never change: a StatefulSet's selector can't. */}}
{{- define "swim.selectorLabels" -}}
app.kubernetes.io/name: swim
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* A policy would shut the ports of pods that the chart does not know, so in mode sidecar only on demand. */}}
{{- define "swim.networkPolicyWanted" -}}
{{- $enabled := toString .Values.networkPolicy.enabled -}}
{{- eq $enabled "auto" | ternary (eq .Values.mode "demo") (eq $enabled "true") -}}
{{- end -}}
