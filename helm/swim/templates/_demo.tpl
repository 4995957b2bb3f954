{{- define "swim.app" -}}
{{- $app := .Values.demo.app -}}
- name: app
  image: {{ $app.image | default (include "swim-sidecar.image" .) | quote }}
  imagePullPolicy: {{ $app.imagePullPolicy }}
  command:
    {{- toYaml $app.command | nindent 4 }}
  env:
    {{- include "swim-sidecar.appEnv" . | nindent 4 }}
  securityContext:
    {{- $context := include "swim-sidecar.containerSecurityContext" . | fromYaml }}
    {{- toYaml (merge (dict "runAsUser" $app.user "runAsGroup" $app.user) $context) | nindent 4 }}
  resources:
    {{- toYaml $app.resources | nindent 4 }}
  volumeMounts:
    {{- include "swim-sidecar.appVolumeMount" . | nindent 4 }}
{{- end -}}

{{- define "swim.podPlacement" -}}
{{- $demo := .Values.demo -}}
{{- range $key := list "imagePullSecrets" "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" }}
{{- with get $demo $key }}
{{ $key }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- with $demo.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}
