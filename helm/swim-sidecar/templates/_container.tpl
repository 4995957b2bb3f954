{{/*
swim-sidecar.initContainers and swim-sidecar.containers: the sidecar as an item of the one list or of the other, by mode. Include both,
each before the items of your own: in the native mode the sidecar is up before your first init container, in the plain one before your
first container.
*/}}
{{- define "swim-sidecar.initContainers" -}}
{{- if eq (include "swim-sidecar.native" .) "true" -}}
{{ include "swim-sidecar.container" . }}
{{- end -}}
{{- end -}}

{{- define "swim-sidecar.containers" -}}
{{- if ne (include "swim-sidecar.native" .) "true" -}}
{{ include "swim-sidecar.container" . }}
{{- end -}}
{{- end -}}

{{- define "swim-sidecar.container" -}}
{{- include "swim-sidecar.refuseOnePort" . -}}
{{- $swim := .Values.swim -}}
{{- $native := eq (include "swim-sidecar.native" .) "true" -}}
- name: swim
  image: {{ include "swim-sidecar.image" . | quote }}
  imagePullPolicy: {{ $swim.image.pullPolicy }}
  {{- if $native }}
  restartPolicy: Always
  {{- end }}
  args:
    - --config.file=/etc/swim/config/swim.yaml
  env:
    {{- include "swim-sidecar.env" . | trim | nindent 4 }}
  ports:
    - name: swim-gossip-udp
      containerPort: {{ $swim.gossip.port }}
      protocol: UDP
    - name: swim-gossip
      containerPort: {{ $swim.gossip.port }}
      protocol: TCP
    - name: swim-http
      containerPort: {{ $swim.http.port }}
      protocol: TCP
  {{- /* By number: Istio's injector compares no name with the ports that are excluded. */}}
  startupProbe:
    httpGet:
      path: /readyz
      port: {{ $swim.http.port }}
    {{- toYaml $swim.probes.startup | nindent 4 }}
  readinessProbe:
    httpGet:
      path: /readyz
      port: {{ $swim.http.port }}
    {{- toYaml $swim.probes.readiness | nindent 4 }}
  livenessProbe:
    httpGet:
      path: /healthz
      port: {{ $swim.http.port }}
    {{- toYaml $swim.probes.liveness | nindent 4 }}
  {{- if or (not $native) $swim.drainOnStop }}
  lifecycle:
    {{- if not $native }}
    postStart:
      exec:
        command: [/usr/bin/swimctl, wait, --ready, --timeout=60s]
    {{- end }}
    {{- if $swim.drainOnStop }}
    preStop:
      exec:
        command: [/usr/bin/swimctl, drain]
    {{- end }}
  {{- end }}
  terminationMessagePolicy: FallbackToLogsOnError
  securityContext:
    {{- include "swim-sidecar.containerSecurityContext" . | nindent 4 }}
  resources:
    {{- toYaml $swim.resources | nindent 4 }}
  volumeMounts:
    - name: swim-socket
      mountPath: /run/swim
    - name: swim-admin
      mountPath: /run/swim-admin
    - name: swim-config
      mountPath: /etc/swim/config
      readOnly: true
    - name: swim-keys
      mountPath: /etc/swim/keys
      readOnly: true
{{- end -}}

{{- define "swim-sidecar.env" -}}
{{- $swim := .Values.swim -}}
{{- range $name, $path := dict "NODE_NAME" "spec.nodeName" "POD_IP" "status.podIP" "POD_NAME" "metadata.name" "POD_NAMESPACE" "metadata.namespace" }}
- name: {{ $name }}
  valueFrom:
    fieldRef:
      fieldPath: {{ $path }}
{{- end }}
- name: SWIM_GOSSIP_ADVERTISE_ADDRESS
  value: {{ printf (eq $swim.gossip.ipFamily "IPv6" | ternary "[$(POD_IP)]:%v" "$(POD_IP):%v") $swim.gossip.port | quote }}
{{- with $swim.labels }}
{{- $pairs := list }}
{{- range $key, $value := . }}
{{- $pairs = append $pairs (printf "%s=%s" $key $value) }}
{{- end }}
- name: SWIM_NODE_LABELS
  value: {{ join "," $pairs | quote }}
{{- end }}
{{- end -}}

{{/* swim-sidecar.appEnv and swim-sidecar.appVolumeMount: for each container of yours that talks to the sidecar. */}}
{{- define "swim-sidecar.appEnv" -}}
- name: SWIM_ENDPOINT
  value: unix:///run/swim/swim.sock
{{- end -}}

{{- define "swim-sidecar.appVolumeMount" -}}
- name: swim-socket
  mountPath: /run/swim
{{- end -}}
